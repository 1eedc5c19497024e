"""The sandbox's SP-API: Login with Amazon, reports, restricted tokens, notifications, documents."""
