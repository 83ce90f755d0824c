"""What every answer carries, so that a browser does nothing with it that we did not mean."""

from flask import Flask, Response, request

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""Content-Security-Policy: nothing inline, nothing from elsewhere."""

YEAR_S = 365 * 24 * 3600


def install(app: Flask) -> None:
    app.after_request(stamp)


def stamp(response: Response) -> Response:
    headers = response.headers
    headers["Content-Security-Policy"] = POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(self), geolocation=(), microphone=()"
    if request.endpoint == "static" and response.status_code == 200 and "v" in request.args:
        # The address holds a digest of the content, so what it names never changes.
        headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
    elif request.endpoint != "static":
        headers["Cache-Control"] = "no-store"
    return response
