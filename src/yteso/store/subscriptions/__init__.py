"""Subscriptions: what somebody wants to be told, what happened that is to be told, and how far the telling came."""
