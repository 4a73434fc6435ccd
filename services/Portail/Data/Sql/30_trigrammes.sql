-- Parts of words in numbers, subjects and senders: an ILIKE with three letters or more goes through this index. Made here and not by a migration,
-- because the extension must be there first.
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;

CREATE INDEX IF NOT EXISTS ix_dossiers_trigrammes ON portail.dossiers
USING gin (numero_chrono public.gin_trgm_ops, objet public.gin_trgm_ops, expediteur_nom public.gin_trgm_ops);
