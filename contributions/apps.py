"""The name of the application, and what it adds to the newsletter's service: notices, and what `prune` erases."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContributionsConfig(AppConfig):
    """What people outside of the editors bring: proposals of practices, and what follows from them."""

    name = "contributions"
    verbose_name = _("Contributions")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Write the notices that the newsletter's senders carry, follow a practice to the public, forget in time."""
        from django.db.models.signals import post_delete, post_save

        from contributions import attachments, dashboard, mail, retention
        from contributions.models import ProposalFile
        from contributions.proposals import publication
        from newsletter.delivery.messages import WRITERS
        from newsletter.models.deliveries import Kind
        from newsletter.retention import RULES
        from practices.editorial.dashboard import MORE_TILES
        from practices.models import Step

        WRITERS[Kind.NOTICE] = mail.write
        if dashboard.tiles not in MORE_TILES:
            MORE_TILES.append(dashboard.tiles)
        for rule in (retention.prune, attachments.sweep):
            if rule not in RULES:
                RULES.append(rule)
        post_delete.connect(attachments.forget, sender=ProposalFile, dispatch_uid="contributions.files")
        post_save.connect(publication.tell_of_publication, sender=Step, dispatch_uid="contributions.published")
