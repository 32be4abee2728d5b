"""One settings file for every installation; all that differs between them comes from the environment.

Without any environment variable Engage runs embedded: SQLite, in-memory channel layer, secrets generated into
`var/`, the demo site on. `ENGAGE_MODE=production` turns every convenience off and refuses to start while a setting
is missing or unsafe; deploy/README.md lists the variables.
"""

import os
import sys
from email.utils import parseaddr
from pathlib import Path

import environ
from csp.constants import NONE, SELF

from engage.secrets import embedded_secrets, production_faults

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

MODE = env("ENGAGE_MODE", default="embedded")
if MODE not in ("embedded", "production"):
    # A slip of the pen must not open the demo's sign-in page to everybody.
    sys.exit(f"ENGAGE_MODE must be “embedded” or “production”, not “{MODE}”.")
PRODUCTION = MODE == "production"
VAR_DIR = Path(env("ENGAGE_VAR", default=str(BASE_DIR / "var")))
DEMO = env.bool("ENGAGE_DEMO", default=not PRODUCTION)
DEBUG = False if PRODUCTION else env.bool("DEBUG", default=False)

_secrets = {} if PRODUCTION else embedded_secrets(VAR_DIR)
SECRET_KEY = env("SECRET_KEY", default=_secrets.get("SECRET_KEY", ""))
# Keys that protect what a leaked database must not reveal: contact data, blind indexes, tracking codes.
# CONTACT_KEYS: newest first, comma separated, urlsafe base64 of 32 bytes; old ones only decrypt.
CONTACT_KEYS = env.list("ENGAGE_CONTACT_KEYS", default=_secrets.get("CONTACT_KEYS", []))
INDEX_KEY = env("ENGAGE_INDEX_KEY", default=_secrets.get("INDEX_KEY", ""))
TRACKING_KEY = env("ENGAGE_TRACKING_KEY", default=_secrets.get("TRACKING_KEY", ""))

PUBLIC_URL = env("PUBLIC_URL", default=f"http://127.0.0.1:{env('PORT', default='8000')}").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["*"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# How many reverse proxies stand before us: only that many X-Forwarded-For hops are believed.
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT

INSTALLED_APPS = [
    "engage.accounts",
    "engage.departments",
    "engage.calendars",
    "engage.journal",
    "engage.participation",
    "engage.search",
    "engage.publishing",
    "engage.publishing.redaction",
    "engage.publishing.preflight",
    "engage.pages",
    "engage.desk",
    "engage.api",
    "consultations",
    "consultations.coding",
    "consultations.outcomes",
    "consultations.voices",
    "consultations.calls",
    "consultations.plans",
    "consultations.study",
    "consultations.packs",
    "engage.outreach.delivery",
    "engage.outreach.follows",
    "engage.outreach.campaigns",
    "engage.outreach.health",
    "engage.outreach.press",
    "engage.training",
    "surveys",
    "surveys.telephone",
    "mailbox",
    "mailbox.desk",
    "mailbox.letterbox",
    "mailbox.post",
    "mailbox.publication",
    "mailbox.routing",
    "mailbox.counter",
    "mailbox.library",
    "mailbox.performance",
    "mailbox.petitions",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.simple_translation",
    "wagtail.locales",
    "wagtail.sites",
    "engage.accounts.studio_apps.StudioUsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "channels",
    "csp",
    "django_tasks_db",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "engage.middleware.ContentSecurityPolicyMiddleware",
    "engage.middleware.SessionMiddleware",
    "engage.middleware.LocaleMiddleware",
    "engage.middleware.BodyLimitMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "engage.accounts.middleware.StaffSecondFactorMiddleware",
    "engage.outreach.press.middleware.SectionStudioMiddleware",
    "engage.middleware.RefusedMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    # The last: its `process_view` answers in place of the view.
    "engage.training.middleware.PracticeMiddleware",
]

ROOT_URLCONF = "engage.urls"
ASGI_APPLICATION = "engage.asgi.application"
WSGI_APPLICATION = "engage.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "engage.pages.context.site",
                "engage.outreach.delivery.context.share",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.insert(0, "django.forms")

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'engage.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Immediate transactions and a busy timeout let several writers queue instead of failing; FULL because a
    # receipt that was shown must survive a power cut.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": env.int("DATABASE_BUSY_SECONDS", default=60),
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA cache_size=-32000;",
    }
else:
    from engage.pooled import Connection

    # A bounded pool per process: in a rush requests wait for a connection; without it each thread opens its own until
    # the server refuses more, and people get an error instead of a receipt.
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["OPTIONS"] = {
        # Statements of `engage.rows` are planned once a connection. None behind a pooler that hands each transaction
        # to another connection.
        "prepare_threshold": env.int("DATABASE_PREPARE_AFTER", default=5) or None,
        "pool": {
            "connection_class": Connection,
            "min_size": 1,
            "max_size": env.int("DATABASE_POOL_MAX", default=20),
            "timeout": env.int("DATABASE_POOL_WAIT_SECONDS", default=60),
        },
    }
if test_name := env("ENGAGE_TEST_NAME", default=""):
    DATABASES["default"]["TEST"] = {"NAME": test_name}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL", default="")
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "engage.caches.RedisCache", "LOCATION": REDIS_URL}}
    CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}
    }
    SESSION_ENGINE = "engage.sessions"
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "OPTIONS": {"MAX_ENTRIES": 20_000},
        }
    }
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    SESSION_ENGINE = "django.contrib.sessions.backends.db"
# A browser sends a part for every field of a form that takes files, also for an empty one.
DATA_UPLOAD_MAX_NUMBER_FILES = 1_000
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
TASKS = {"default": {"BACKEND": env("TASKS_BACKEND", default="django_tasks_db.DatabaseBackend")}}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# From so many sends a minute on, the whole site taken together, everybody solves a small task before sending.
ATTACK_SENDS_A_MINUTE = env.int("ATTACK_SENDS_A_MINUTE", default=1_200)
CSRF_FAILURE_VIEW = "engage.pages.views.form_not_ours"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_ADAPTER = "engage.accounts.adapters.AccountAdapter"
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 600
MFA_ADAPTER = "engage.accounts.adapters.SecondFactorAdapter"
MFA_FORMS = {
    "add_webauthn": "engage.accounts.forms.AddPasskeyForm",
    "edit_webauthn": "engage.accounts.forms.RenamePasskeyForm",
    "authenticate_webauthn": "engage.accounts.forms.AuthenticatePasskeyForm",
    "login_webauthn": "engage.accounts.forms.SignInPasskeyForm",
    "reauthenticate_webauthn": "engage.accounts.forms.ReauthenticatePasskeyForm",
}
MFA_TOTP_TOLERANCE = 1
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
# The second folder translates what the libraries' own catalogues leave out; the first has precedence.
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "borrowed"]
FORMAT_MODULE_PATH = "engage.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = env("TIME_ZONE", default="Asia/Shanghai")
WAGTAIL_I18N_ENABLED = True
# What stands in the address for each language.
LANGUAGE_PATHS = {"zh-hans": "zh", "en": "en"}

STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
# Attachments never live below MEDIA_ROOT: they are served only through a permission check.
PRIVATE_ROOT = VAR_DIR / "private"
# Practice sites: a folder each, with a database, files and letters of their own (engage.training).
PRACTICE_ROOT = Path(env("ENGAGE_PRACTICE_ROOT", default=str(VAR_DIR / "practice")))
STORAGES = {
    "default": {"BACKEND": "engage.training.storage.Files", "OPTIONS": {"folder": "media"}},
    "private": {
        "BACKEND": "engage.training.storage.Files",
        "OPTIONS": {"location": str(PRIVATE_ROOT), "base_url": None, "folder": "private"},
    },
    # Export files for channels without an interface; another storage where an office collects them elsewhere.
    "outbox": {
        "BACKEND": env("ENGAGE_OUTBOX_STORAGE", default="engage.training.storage.Files"),
        "OPTIONS": env.json(
            "ENGAGE_OUTBOX_STORAGE_OPTIONS",
            default={"location": str(VAR_DIR / "outbox"), "base_url": None, "folder": "outbox"},
        ),
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
if not PRODUCTION:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)
WHITENOISE_AUTOREFRESH = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
# The whole body of a request, files included; the Studio takes drafts, pictures and documents.
BODY_MOST_BYTES = DATA_UPLOAD_MAX_MEMORY_SIZE + 64 * 1024
STUDIO_BODY_MOST_BYTES = 64 * 1024 * 1024
# Where people attach a file of at most 20 MB (engage.participation.attachments).
UPLOAD_PATHS = (
    "/desk/redaction/begin/",
    "/mine/files/",
    "/write/files/",
    "/publish/files/",
    "/add/",
    "/desk/counter/new/",
    "/desk/paper/table/",
    "/desk/press/",
    "/sheets/",
    "/desk/outbox/import/",
    "/desk/paper-answers/",
    # Sheets of questionnaires: a question may ask for a file.
    "/answer/",
)
UPLOAD_BODY_MOST_BYTES = 20 * 1024 * 1024 + 64 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
if email_url := env("EMAIL_URL", default=""):
    vars().update(env.email_url_config(email_url))
# Letters of practice sites stay in their folders; this is the way of all others.
POST_BACKEND = EMAIL_BACKEND
EMAIL_BACKEND = "engage.training.post.backend"
# A mail server that answers nothing must not hold the worker up.
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT_SECONDS", default=10)
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Engage <engage@localhost>")

WAGTAIL_SITE_NAME = "Engage"
WAGTAILADMIN_BASE_URL = PUBLIC_URL
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAIL_USER_TIME_ZONES = ["Asia/Shanghai", "Europe/London", "UTC"]
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILADMIN_UNSAFE_PAGE_DELETION_LIMIT = 1
# The release gate publishes, once every review is done; a finished workflow does not, and publishing ends none.
# Where people write to the office (case@example.org) and how it gets here; docs/mail.md. Without an address no mail
# is taken in, and letters of cases say nothing of answering.
MAIL_ADDRESS = env("ENGAGE_MAIL_ADDRESS", default="")
MAIL_DROP_DIR = env("ENGAGE_MAIL_DROP_DIR", default="")
MAIL_IMAP_URL = env("ENGAGE_MAIL_IMAP_URL", default="")
MAIL_IMAP_SECONDS = env.int("ENGAGE_MAIL_IMAP_SECONDS", default=60)
WAGTAIL_FINISH_WORKFLOW_ACTION = "engage.publishing.finishing.leave_to_the_gate"
WAGTAIL_WORKFLOW_CANCEL_ON_PUBLISH = False
WAGTAIL_ENFORCE_PASSWORD_PRESENCE = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
# Nothing that a browser runs: documents are served from our own origin.
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odp", "ods", "odt", "pdf", "pptx", "rtf", "txt", "xlsx", "zip"]
WAGTAILEMBEDS_FINDERS: list[dict] = []
TAGGIT_CASE_INSENSITIVE = True

_policy = {
    "default-src": [SELF],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF, "data:"],
    "font-src": [SELF],
    "connect-src": [SELF],
    "object-src": [NONE],
    "base-uri": [SELF],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
}
CONTENT_SECURITY_POLICY = {"DIRECTIVES": _policy}
# Wagtail's screens write style attributes of their own, and its editor of pages whole style elements, each with another
# content. Scripts stay strict even there.
STUDIO_SECURITY_POLICY = _policy | {
    "style-src-attr": ["'unsafe-inline'"],
    "img-src": [SELF, "data:", "blob:"],
    "frame-ancestors": [SELF],
    "frame-src": [SELF],
}
PAGE_EDITOR_SECURITY_POLICY = STUDIO_SECURITY_POLICY | {"style-src": [SELF, "'unsafe-inline'"]}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=365 * 24 * 3600)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    if TRUSTED_PROXY_COUNT:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Where faults are reported (RFC 9116): an https, mailto or tel address; without it there is no security.txt.
SECURITY_CONTACT = env("SECURITY_CONTACT", default="")

# Channel health: where the worker calls the site to see whether it answers, and who is called when it does not
# (an https address that takes a signed JSON message, and the key that signs it).
SELF_URL = env("ENGAGE_SELF_URL", default=PUBLIC_URL).rstrip("/")
ALARM_WEBHOOK_URL = env("ENGAGE_ALARM_WEBHOOK_URL", default="")
ALARM_WEBHOOK_KEY = env("ENGAGE_ALARM_WEBHOOK_KEY", default="")

# Rooms
# Whose working days the reviews of a release are counted in.
WORK_CALENDAR = env("WORK_CALENDAR", default="cn")
RECEIPT_TRIES_PER_WINDOW = 5
RECEIPT_WINDOW_SECONDS = 15 * 60
BASKET_MAX_COMMENTS = 50
# A form that comes back sooner was filled by a program and is read by a moderator first.
FASTEST_PERSON_SECONDS = 2
# Below five seconds with room for a slow render: what is published, counted or closed shows within five.
PAGE_CACHE_SECONDS = 3
JOURNAL_SEAL_SECONDS = 3
CONTACT_RETENTION_DAYS = 365
# The private key by which push services know this site (RFC 8292): urlsafe base64 of 32 bytes; without it nobody is
# offered pushes. PUSH_CONTACT is where a push service complains (mailto: or https:).
PUSH_KEY = env("ENGAGE_PUSH_KEY", default=_secrets.get("PUSH_KEY", ""))
PUSH_CONTACT = env("ENGAGE_PUSH_CONTACT", default=f"mailto:{parseaddr(DEFAULT_FROM_EMAIL)[1]}")
# The local hour from which the daily and, on Mondays, the weekly letter goes out.
FOLLOW_DIGEST_HOUR = env.int("ENGAGE_DIGEST_HOUR", default=8)
# How long a worker keeps the few letters in its hand; what a killed one leaves is listed as uncertain after that.
MAILING_LEASE_SECONDS = env.int("ENGAGE_MAILING_LEASE_SECONDS", default=120)
MAILING_SMTP_SECONDS = 20
# Where requests to typed addresses may go (engage/outreach/delivery/net.py). Hosts (`name` or `name:port`) that may lie
# in a closed network and use any port; ports of everybody else; whether http:// is taken at all.
OUTBOUND_HOSTS = env.list("ENGAGE_OUTBOUND_HOSTS", default=[])
OUTBOUND_PORTS = [int(port) for port in env.list("ENGAGE_OUTBOUND_PORTS", default=["443", "8443"])]
OUTBOUND_HTTP = env.bool("ENGAGE_OUTBOUND_HTTP", default=False)
# Whether the worker tries the addresses of other sites that public pages lead to, and how many a minute at most.
CHECK_OUTSIDE_LINKS = env.bool("ENGAGE_CHECK_OUTSIDE_LINKS", default=PRODUCTION)
OUTSIDE_LINKS_A_MINUTE = env.int("ENGAGE_OUTSIDE_LINKS_A_MINUTE", default=10)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": env("LOG_LEVEL", default="INFO" if PRODUCTION else "WARNING")},
}

if PRODUCTION and (faults := production_faults(globals(), os.environ)):
    sys.exit("Engage does not start in production mode:\n" + "\n".join(f"- {fault}" for fault in faults))

SILENCED_SYSTEM_CHECKS: list[str] = []
