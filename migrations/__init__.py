"""One Alembic history for all tables; `migrations.upgrade` brings a database to the newest."""
