"""The Django project: settings, the shell around every page, components, accounts. It knows no rule of the domain."""
