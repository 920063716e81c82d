"""The two addresses that supervision asks: does the process live, and can it serve. They tell no secret."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from operations import health


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """Answer 200: the process lives. Nothing else is asked, so that a database that fails restarts no process."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Answer the health of every part: 200 when the site can serve, else 503.

    With `?strict=1`, it is 503 also when a part fails that pages do without.
    """
    serving, parts = health.report(strict=request.GET.get("strict") == "1")
    status = "ok" if all(word == health.OK for word in parts.values()) else "degraded" if serving else "failed"
    return JsonResponse({"status": status, "parts": parts}, status=200 if serving else 503)
