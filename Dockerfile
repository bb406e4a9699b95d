# One image for every process: docker run IMAGE web | worker | beat | migrate | any other command of manage.py.
# Its steps are the Makefile's own scripts; docs/deploy.md says what to set.
FROM python:3.11-slim-bookworm
WORKDIR /app
COPY requirements requirements
COPY .ci/setup.sh .ci/apt-run.txt .ci/apt-test.txt .ci/
RUN .ci/setup.sh run && rm -rf /var/lib/apt/lists/*

COPY manage.py pyproject.toml README.md LICENSE ./
COPY .ci/serve.sh .ci/
COPY portal portal
COPY dpo dpo
COPY tasks tasks
COPY templates templates
COPY static static
COPY examples examples

ENV DOSSIER_VAR=/var/lib/dossier DOSSIER_STATIC=/app/static-files DOSSIER_DEMO=0 PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
RUN groupadd --system --gid 10001 dossier \
 && useradd --system --uid 10001 --gid dossier --home-dir "$DOSSIER_VAR" --create-home --shell /usr/sbin/nologin dossier \
 && DJANGO_SECRET_KEY=only-while-building .ci/serve.sh collectstatic --noinput -v0 \
 && chown -R dossier:dossier "$DOSSIER_VAR"
USER dossier
VOLUME /var/lib/dossier
EXPOSE 8000
ENTRYPOINT ["/app/.ci/serve.sh"]
CMD ["web"]
