"""The two addresses that supervision asks: does the process live, can it serve. No secret, cache or language."""

from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from operations import health


@never_cache
@require_safe
def live(request):
    """The process answers; nothing else is looked at, so that a sick database restarts nobody."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request):
    """What the site stands on: 200 when it can serve, else 503; `?strict=1` also for what pages do without."""
    serving, parts = health.report(strict=request.GET.get("strict") == "1")
    status = "ok" if all(word == health.OK for word in parts.values()) else "degraded" if serving else "failed"
    return JsonResponse({"status": status, "parts": parts}, status=200 if serving else 503)
