"""The small form by which a reader tells an error on the page of a practice."""

from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from contributions import limits, reports
from contributions.forms.messages import ReportForm
from mail.decorators import came_from_this_site
from practices.models import Practice


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request, slug):
    """What is wrong, and where to answer if one likes."""
    practice = get_object_or_404(Practice.objects.readable(), slug=slug)
    form, status = ReportForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST" and came_from_this_site(request) and form.is_valid():
        if not limits.too_many(request):
            told = form.cleaned_data
            reports.report(practice, told["text"], told["email"], request.LANGUAGE_CODE)
            return redirect("contributions:reported", slug)
        status = 429
    context = {"form": form, "practice": practice, "refused": status == 429}
    response = render(request, "contributions/report.html", context, status=status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@never_cache
@require_safe
def reported(request, slug):
    """Thanks, and the way back."""
    practice = get_object_or_404(Practice.objects.readable(), slug=slug)
    response = render(request, "contributions/reported.html", {"practice": practice})
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
