class NoStoreMiddleware:
    """Pages of a signed-in person are never kept by a browser or a proxy: office PCs are shared."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.user.is_authenticated and "Cache-Control" not in response:
            response["Cache-Control"] = "no-store"
        return response
