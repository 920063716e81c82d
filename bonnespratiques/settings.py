"""Settings of the site, read from the environment alone; `.env.example` and `docs/settings.md` list each of them.

A `.env` file at the root of the checkout is read first, without replacing what the environment already says.
Longer than other modules: Django reads one module, and whoever looks for a setting looks in one place, in the order of
its headings.
"""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import django
import environ
from django.core.exceptions import ImproperlyConfigured

from bonnespratiques.content_security_policy import content_security_policy

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
# Where the processes of the site, on one machine, tell each other what they are doing.
RUNTIME_DIR = VAR_DIR / "run"

env = environ.Env()
env.read_env(BASE_DIR / ".env")

# The site

SECRET_KEY = env("SECRET_KEY", default="")
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY is missing or shorter than 50 characters: see .env.example.")
DEBUG = env.bool("DEBUG", default=False)
SITE_URL = env("SITE_URL", default=f"http://127.0.0.1:{env('PORT', default='8000')}").rstrip("/")
SITE_NAME = env("SITE_NAME", default="Bonnes pratiques")
CONTENT_LICENCE = env("CONTENT_LICENCE", default="")
CONTENT_LICENCE_URL = env("CONTENT_LICENCE_URL", default="")
# Without an audit, the RGAA has a site declare that it is not compliant.
ACCESSIBILITY_STATUS = env("ACCESSIBILITY_STATUS", default="non")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[urlsplit(SITE_URL).hostname, "localhost", "127.0.0.1", "[::1]"])
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)

ROOT_URLCONF = "bonnespratiques.urls"
WSGI_APPLICATION = "bonnespratiques.wsgi.application"

INSTALLED_APPS = [
    "modeltranslation",
    "bonnespratiques.apps.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_filters",
    "django_prose_editor",
    "csp",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "operations",
    "practices",
    "pages",
    "newsletter",
    "contributions",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Before the language and the policy of pages, which a file has no use for.
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "bonnespratiques.middleware.refuse_powers",
    "bonnespratiques.middleware.speak_language_of_path",
    "content.media.middleware.serve_media",
    "csp.middleware.CSPMiddleware",
    "bonnespratiques.middleware.refuse_odd_requests",
    "bonnespratiques.outage.answer_without_database",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["content.templatetags.site"],
        },
    },
]

# The database

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'db.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Readers never wait for the writer (WAL), writers queue from their first statement (IMMEDIATE) for up to 5 s.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 5,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}
else:
    DATABASES["default"]["ENGINE"] = "operations.postgresql"
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # A machine that has left the network is given up within seconds; one that is frozen, by the watchdog of
    # operations.postgresql. What DATABASE_URL says after its « ? » wins.
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 2,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": 3000,
        **DATABASES["default"].get("OPTIONS", {}),
    }
# Opening even a SQLite file, with its four PRAGMAs, costs a tenth of a page.
DATABASES["default"].setdefault("CONN_MAX_AGE", 60)

# Links: how often each is asked whether it still answers, and whether addresses inside a private network may be

LINK_CHECK_DAYS = env.int("LINK_CHECK_DAYS", default=7)
LINK_CHECK_ALLOW_PRIVATE = env.bool("LINK_CHECK_ALLOW_PRIVATE", default=False)

# Statistics: whether pages read and searches are counted, and for how long the counts of a day are kept

STATISTICS = env.bool("STATISTICS", default=True)
STATISTICS_DAYS = env.int("STATISTICS_DAYS", default=3 * 365)

# Caches: whole public pages in the memory of each process, and in a cache they share where there is one

PAGE_CACHE_MB = env.int("PAGE_CACHE_MB", default=32)
CACHES: dict[str, dict] = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CACHE_URL = env("CACHE_URL", default="")
# Django's other shared caches (files, a table, memcached) run whatever a neighbour has put in them.
if CACHE_URL and not CACHE_URL.startswith(("redis://", "rediss://")):
    raise ImproperlyConfigured("CACHE_URL is the address of a Redis server, redis://… or rediss://…: see .env.example.")
if CACHE_URL:
    shared = env.cache_url_config(CACHE_URL, backend="operations.cache.SharedCache")
    # Under version 1, former releases keep pickles, and would run what they find there.
    CACHES["default"] = {"VERSION": 2} | shared
    CACHES["default"]["OPTIONS"] = {
        "socket_connect_timeout": 0.25,
        "socket_timeout": 0.25,
        **{name.lower(): value for name, value in shared.get("OPTIONS", {}).items()},
    }
SHARED_PAGE_CACHE = "default" if CACHE_URL else None

# Languages and time

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
MODELTRANSLATION_DEFAULT_LANGUAGE = "fr"
MODELTRANSLATION_FALLBACK_LANGUAGES = ("fr",)
# What is made on a page in another language, by its plain name ("title"), is there in the first language too.
MODELTRANSLATION_AUTO_POPULATE = "default"


def label_in(verbose_name, language):
    """The label of a field of the content in one language, as forms and versions print it: "Title", "Title (EN)"."""
    return str(verbose_name) if language == LANGUAGE_CODE else f"{verbose_name} ({language.upper()})"


MODELTRANSLATION_BUILD_LOCALIZED_VERBOSE_NAME = label_in
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"

# E-mail: one address says where it leaves; without any it is printed, and the site says so

EMAIL_URL = env("EMAIL_URL", default="consolemail://")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env("EMAIL_FROM", default=f"lettre@{urlsplit(SITE_URL).hostname}")
BOUNCE_ADDRESS = env("BOUNCE_ADDRESS", default="")
BOUNCE_MAILBOX = env("BOUNCE_MAILBOX", default="")
mail_server = env.email("EMAIL_URL", default="consolemail://")
if django.VERSION < (6, 1):
    vars().update(mail_server, EMAIL_TIMEOUT=30)
else:
    names = ("HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_TLS", "USE_SSL", "FILE_PATH")
    options = {name.lower().replace("host_", ""): mail_server.get(f"EMAIL_{name}") for name in names}
    options = {("username" if name == "user" else name): value for name, value in options.items() if value}
    MAILERS = {"default": {"BACKEND": mail_server["EMAIL_BACKEND"], "OPTIONS": options}}
# Without a mail server the site is whole: it keeps the requests, and says that nothing leaves.
SILENCED_SYSTEM_CHECKS = ["mail.E001"]

# The newsletter: how fast, what to do in doubt, how long what is known of people is kept

NEWSLETTER_SEND_AT_ONCE = env.bool("NEWSLETTER_SEND_AT_ONCE", default=True)
NEWSLETTER_PER_MINUTE = env.int("NEWSLETTER_PER_MINUTE", default=60)
NEWSLETTER_WHEN_UNCERTAIN = env("NEWSLETTER_WHEN_UNCERTAIN", default="resend")
if NEWSLETTER_WHEN_UNCERTAIN not in ("resend", "list"):
    raise ImproperlyConfigured("NEWSLETTER_WHEN_UNCERTAIN is “resend” or “list”: see .env.example.")
NEWSLETTER_SIGNUPS_PER_HOUR = env.int("NEWSLETTER_SIGNUPS_PER_HOUR", default=300)
NEWSLETTER_UNCONFIRMED_DAYS = env.int("NEWSLETTER_UNCONFIRMED_DAYS", default=30)
NEWSLETTER_INACTIVE_DAYS = env.int("NEWSLETTER_INACTIVE_DAYS", default=3 * 365)
NEWSLETTER_REMINDER_DAYS = env.int("NEWSLETTER_REMINDER_DAYS", default=30)
NEWSLETTER_LEFT_DAYS = env.int("NEWSLETTER_LEFT_DAYS", default=30)
NEWSLETTER_HASH_KEY = env("NEWSLETTER_HASH_KEY", default=SECRET_KEY)

# Files that editors put on the site

MEDIA_ROOT = env("MEDIA_ROOT", default=str(VAR_DIR / "media"))
MEDIA_URL = "/media/"
MEDIA_S3_URL = env("MEDIA_S3_URL", default="")
UPLOAD_MAX_MB = env.int("UPLOAD_MAX_MB", default=20)
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "content.media.uploads.BoundedUploadHandler",
]
FILE_UPLOAD_PERMISSIONS = 0o644

# What people propose: how much at a time, how many must agree, how long what is known of them is kept

PROPOSALS_PER_HOUR = env.int("PROPOSALS_PER_HOUR", default=60)
PROPOSAL_VALIDATIONS = env.int("PROPOSAL_VALIDATIONS", default=1)
if PROPOSAL_VALIDATIONS not in (1, 2):
    raise ImproperlyConfigured("PROPOSAL_VALIDATIONS is 1 or 2: see .env.example.")
PROPOSAL_FILES_MB = env.int("PROPOSAL_FILES_MB", default=40)
PROPOSAL_UNCONFIRMED_MB = env.int("PROPOSAL_UNCONFIRMED_MB", default=2000)
PROPOSAL_DRAFT_DAYS = env.int("PROPOSAL_DRAFT_DAYS", default=60)
PROPOSAL_DECIDED_DAYS = env.int("PROPOSAL_DECIDED_DAYS", default=365)

# Static files

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES: dict[str, dict] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_AUTOREFRESH = DEBUG
if MEDIA_S3_URL:
    STORAGES["default"] = {"BACKEND": "content.media.storage.Bucket", "OPTIONS": {"address": MEDIA_S3_URL}}
if DEBUG:
    STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"

# Supervision and backups

BACKUP_DIR = env("BACKUP_DIR", default=str(VAR_DIR / "backups"))
BACKUP_KEEP = env.int("BACKUP_KEEP", default=14)
BACKUP_RECIPIENTS = env.list("BACKUP_RECIPIENTS", default=[])
HEALTH_MAIL_MINUTES = env.int("HEALTH_MAIL_MINUTES", default=30)

# Security: HTTPS everything as soon as the public address says so

HTTPS = SITE_URL.startswith("https://")
SECURE_SSL_REDIRECT = HTTPS
# Supervision asks on the loopback, where there is no certificate.
SECURE_REDIRECT_EXEMPT = [r"^healthz/"]
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=365 * 24 * 3600) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env.bool("HSTS_SUBDOMAINS", default=True)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
CONTENT_SECURITY_POLICY = content_security_policy(MEDIA_S3_URL)

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "admin:login"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]

# Ten wrong passwords from one network, or for one name, close the door to both for a quarter of an hour; a browser that
# the account knows is counted apart. What is kept is bounded: an attempt that is refused is not recorded.
AXES_HANDLER = "accounts.attempts.CountedFirst"
AXES_LOCKOUT_PARAMETERS = [["username", "user_agent"], ["ip_address", "user_agent"]]
AXES_CLIENT_IP_CALLABLE = "operations.networks.network_of"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_LOCKOUT_TEMPLATE = "admin/locked_out.html"
OTP_TOTP_ISSUER = SITE_NAME
# An address with too many filters is a list with a notice, not an error; the filterset reads the first ones.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# The interface for programs: to read only, by anybody, without a session

API_RATE = env("API_RATE", default="120/min")
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_THROTTLE_CLASSES": ["practices.open_data.throttling.NetworkThrottle"],
    "DEFAULT_THROTTLE_RATES": {"anon": API_RATE},
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": SITE_NAME,
    "DESCRIPTION": "The public practices of this catalogue, to read only, under the parameters of its list.",
    "VERSION": "1.0.0",
    "SERVERS": [{"url": SITE_URL}],
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": [],
}

# Logs: one line each on standard error, errors in a file of their own where one is named, no personal data

LOG_FORMAT = env("LOG_FORMAT", default="text")
if LOG_FORMAT not in ("text", "json"):
    raise ImproperlyConfigured("LOG_FORMAT is “text” or “json”: see .env.example.")
ERROR_LOG = env("ERROR_LOG", default="")
SLOW_QUERY_MS = env.int("SLOW_QUERY_MS", default=0)
SENTRY_DSN = env("SENTRY_DSN", default="")
ERROR_HANDLER = {
    "class": "logging.handlers.WatchedFileHandler",
    "filename": ERROR_LOG,
    "level": "ERROR",
    "formatter": "line",
    "filters": ["tokens"],
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "operations.logs.formatters.Json" if LOG_FORMAT == "json" else "operations.logs.formatters.KeyValue"
        }
    },
    "filters": {"tokens": {"()": "mail.logs.HideTokens"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["tokens"]},
        **({"errors": ERROR_HANDLER} if ERROR_LOG else {}),
    },
    "root": {"handlers": ["stderr", *(["errors"] if ERROR_LOG else [])], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "propagate": True, "level": "INFO"},
        # Below this level it writes names and addresses of people.
        "axes": {"level": "ERROR"},
    },
}
