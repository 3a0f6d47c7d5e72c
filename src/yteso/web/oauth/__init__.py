"""Pages of the authorization server: what an app asks, what one gave, which apps are registered."""
