"""Settings. Everything that an installation decides comes from the environment; the defaults run on one machine."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "acompana"


def flag(name: str, default: str = "0") -> bool:
    return os.environ.get(name, default) == "1"


DATA = Path(os.environ.get("ACOMPANA_DATA", ROOT / ".data"))
DATA.mkdir(parents=True, exist_ok=True)
DEMO = flag("ACOMPANA_DEMO")
PORT = int(os.environ.get("ACOMPANA_PORT", "8000"))
SITE_ADDRESS = os.environ.get("ACOMPANA_SITE", f"http://localhost:{PORT}")
DEBUG = flag("ACOMPANA_DEBUG")


def secret_key() -> str:
    """The key of the environment, or one made once and kept beside the data."""
    if key := os.environ.get("ACOMPANA_SECRET_KEY"):
        return key
    kept = DATA / "secret-key"
    if not kept.exists():
        kept.write_text(secrets.token_urlsafe(50))
        kept.chmod(0o600)
    return kept.read_text()


SECRET_KEY = secret_key()
SITE_HOST = urlsplit(SITE_ADDRESS).hostname or "localhost"
ALLOWED_HOSTS = os.environ.get("ACOMPANA_HOSTS", f"{SITE_HOST},localhost,127.0.0.1,testserver").split(",")
CSRF_TRUSTED_ORIGINS = [SITE_ADDRESS]
CSRF_FAILURE_VIEW = "acompana.people.views.resuming.refused_token"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_tasks",
    "django_tasks_db",
    "django_htmx",
    "csp",
    "axes",
    "acompana.kernel",
    "acompana.shell",
    "acompana.reference",
    "acompana.files",
    "acompana.people",
    "acompana.companies",
    "acompana.matters",
    "acompana.logbook",
    "acompana.commitments",
    "acompana.messages.apps.MessagesConfig",
    "acompana.questionnaires",
    "acompana.progress",
    "acompana.intake",
    "acompana.cases",
    "acompana.desk",
    "acompana.portal",
    "acompana.evaluation",
    "acompana.api",
    "acompana.sources",
    "acompana.demonstration",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "acompana.api.door.ApiDoor",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "acompana.shell.middleware.HeadMiddleware",
    "acompana.shell.middleware.WayBackMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "acompana.shell.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "acompana.shell.middleware.UnavailableMiddleware",
    "acompana.shell.middleware.UnreadableMiddleware",
    "acompana.shell.middleware.ClockMiddleware",
    "acompana.people.middleware.ActorMiddleware",
    "acompana.people.access.AccessMiddleware",
    "acompana.people.second_factor.SecondFactorMiddleware",
    "acompana.companies.middleware.MergedMiddleware",
    "acompana.portal.middleware.AccessEndedMiddleware",
    "acompana.shell.repeats.RepeatsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "acompana.config.urls"
WSGI_APPLICATION = "acompana.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "acompana.shell.context.shell",
            ],
            "builtins": ["acompana.shell.templatetags.shell", "django.templatetags.i18n"],
        },
    }
]

FORM_RENDERER = "acompana.shell.form_renderer.FormRenderer"

# --- database ---------------------------------------------------------------------------------------------------

DATABASES = {
    "default": dj_database_url.parse(os.environ.get("DATABASE_URL") or f"sqlite:///{DATA / 'acompana.sqlite3'}")
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-64000;"
        ),
    }
    DATABASES["default"]["CONN_MAX_AGE"] = 60  # to open it reads the whole schema: 6 ms of each request
    DATABASES["default"]["TEST"] = {"NAME": str(DATA / "test.sqlite3")}
elif not flag("ACOMPANA_NO_POOL"):
    DATABASES["default"]["OPTIONS"] = {
        "pool": {"min_size": 1, "max_size": 8, "timeout": float(os.environ.get("ACOMPANA_POOL_PATIENCE", 10))},
        "prepare_threshold": 0,  # connections that last keep what is planned once (kernel.planned)
    }
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # Compiling a statement costs more than any page's statement gains by it, and again in each parallel worker. What
    # is planned once has one plan for whatever values.
    session = "-c jit=off -c plan_cache_mode=force_generic_plan"
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = session
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people -----------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "acompana.people.backends.Backend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/entrar/"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "/"
STAFF_HOME = "/escritorio/"
PORTAL_HOME = "/mi-empresa/"
SECOND_FACTOR_REQUIRED = not DEMO  # for staff who enter with a password (IDN-2)

# ClaveÚnica (IDN-1): without client_id it is closed, or, in a demonstration, played by the stand-in.
CLAVEUNICA_SITE = os.environ.get("ACOMPANA_CLAVEUNICA_SITE", "https://accounts.claveunica.gob.cl")
CLAVEUNICA = {
    "client_id": os.environ.get("ACOMPANA_CLAVEUNICA_ID", ""),
    "client_secret": os.environ.get("ACOMPANA_CLAVEUNICA_SECRET", ""),
    "scope": os.environ.get("ACOMPANA_CLAVEUNICA_SCOPE", "openid run name"),
    "authorize": os.environ.get("ACOMPANA_CLAVEUNICA_AUTHORIZE", f"{CLAVEUNICA_SITE}/openid/authorize/"),
    "token": os.environ.get("ACOMPANA_CLAVEUNICA_TOKEN", f"{CLAVEUNICA_SITE}/openid/token/"),
    "userinfo": os.environ.get("ACOMPANA_CLAVEUNICA_USERINFO", f"{CLAVEUNICA_SITE}/openid/userinfo/"),
    "logout": os.environ.get("ACOMPANA_CLAVEUNICA_LOGOUT", f"{CLAVEUNICA_SITE}/api/v1/accounts/app/logout"),
    "issuer": os.environ.get("ACOMPANA_CLAVEUNICA_ISSUER", ""),
    "jwks": os.environ.get("ACOMPANA_CLAVEUNICA_JWKS", ""),
    "timeout": float(os.environ.get("ACOMPANA_CLAVEUNICA_TIMEOUT", "10")),
}
# The stand-in's credentials protect nothing: whoever opens it chooses who to be.
STAND_IN = {
    "issuer": "https://claveunica-de-prueba.invalid/openid",
    "client_id": "acompana-demostracion",
    "client_secret": "secreto-de-la-demostracion-que-no-protege-nada",
}

# allauth: local accounts, second factor, institutional sign-on (IDN-2).
ACCOUNT_ADAPTER = "acompana.people.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # whoever administers gives staff their address
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_FORMS = {
    "login": "acompana.people.forms.EntranceForm",
    "change_password": "acompana.people.forms.PlainChangePasswordForm",
    "reauthenticate": "acompana.people.forms.PlainReauthenticateForm",
    "reset_password": "acompana.people.forms.PlainResetPasswordForm",
    "reset_password_from_key": "acompana.people.forms.PlainResetPasswordKeyForm",
}
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"login_failed": None}  # axes counts these, in the database, for all workers
MFA_ADAPTER = "acompana.people.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1  # half a minute of a slow clock
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = SITE_ADDRESS.startswith("http://localhost")
SOCIALACCOUNT_ADAPTER = "acompana.people.adapters.InstitutionAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True  # a link, because the policy of forms keeps a form from leading elsewhere
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10
if os.environ.get("ACOMPANA_SSO_ID"):
    SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "cuenta",
                    "name": os.environ.get("ACOMPANA_SSO_NAME", "Cuenta institucional"),
                    "client_id": os.environ["ACOMPANA_SSO_ID"],
                    "secret": os.environ.get("ACOMPANA_SSO_SECRET", ""),
                    "settings": {"server_url": os.environ.get("ACOMPANA_SSO_SERVER", "")},
                }
            ],
        }
    }

# --- words ------------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "es-cl"
LANGUAGES = [("es-cl", "Español"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "acompana_language"  # chosen at the foot of a page; the browser's wish is not asked
LOCALE_PATHS = [PACKAGE / "locale"]
FORMAT_MODULE_PATH = ["acompana.config.formats"]
TIME_ZONE = "America/Santiago"
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = False  # an id in a form would read "1.059"; figures say |thousands

# --- files and styles -------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATIC_ROOT.mkdir(exist_ok=True)
MEDIA_ROOT = DATA / "files"
UPLOAD_LIMIT = int(os.environ.get("ACOMPANA_UPLOAD_MEGABYTES", "10")) * 1024 * 1024
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "acompana.shell.static_files.StaticFiles"},
}
WHITENOISE_USE_FINDERS = True

# --- protection -------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
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
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    "camera": [],
    "geolocation": [],
    "microphone": [],
    "payment": [],
    "usb": [],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
IS_SECURE = SITE_ADDRESS.startswith("https://")
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"  # Strict would lose the session on the way back from ClaveÚnica
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_SECURE
SESSION_COOKIE_AGE = 12 * 60 * 60  # a working day
SECURE_SSL_REDIRECT = IS_SECURE
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if IS_SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = flag("ACOMPANA_HSTS_SUBDOMAINS")  # other systems may live under the same name
SECURE_HSTS_PRELOAD = flag("ACOMPANA_HSTS_PRELOAD")
if flag("ACOMPANA_BEHIND_PROXY"):  # a proxy that ends TLS and overwrites this header
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
# By address and place together: one place alone would shut out an office, one address alone, its owner.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "acompana.people.throttling.attempted_email"
AXES_LOCKOUT_CALLABLE = "acompana.people.throttling.too_many_attempts"
AXES_RESET_ON_SUCCESS = True
AXES_SENSITIVE_PARAMETERS = ["password", "code", "credential"]

# --- mail and jobs ----------------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = os.environ.get("ACOMPANA_FROM", "Acompaña <no-responder@acompana.example>")
EMAIL_HOST = os.environ.get("ACOMPANA_SMTP_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("ACOMPANA_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("ACOMPANA_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("ACOMPANA_SMTP_PASSWORD", "")
EMAIL_USE_TLS = flag("ACOMPANA_SMTP_STARTTLS")
EMAIL_USE_SSL = flag("ACOMPANA_SMTP_TLS")
EMAIL_TIMEOUT = 20
EMAIL_BACKEND = "acompana.messages.sink.SinkBackend" if DEMO else "django.core.mail.backends.smtp.EmailBackend"
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("ACOMPANA_LOG", "WARNING")},
    "loggers": {"acompana": {"level": "INFO"}},
}
