-- Words by which courriers are found: French, without accents, singular and plural alike. Both sides of a search go through this configuration.
CREATE EXTENSION IF NOT EXISTS unaccent SCHEMA public;

DO $$ BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM pg_ts_config c JOIN pg_namespace n ON n.oid = c.cfgnamespace WHERE n.nspname = 'ingestion' AND c.cfgname = 'mots')
    THEN
        CREATE TEXT SEARCH CONFIGURATION ingestion.mots (COPY = pg_catalog.french);
        ALTER TEXT SEARCH CONFIGURATION ingestion.mots
            ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, pg_catalog.french_stem;
    END IF;
END $$;

-- Typographic quotes, apostrophes, dashes and spaces as programs of old wrote them: in a database whose locale is C the parser takes the others for letters.
CREATE OR REPLACE FUNCTION ingestion.ponctuation_simple(texte text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN translate(texte, U&'\2019\2018\02BC\00AB\00BB\201C\201D\201E\2026\2013\2014\2011\2022\00B7\00A0\202F\2009', '''''''""""".---     ');

-- Makes anew what one courrier is found by. The caller holds the lock of the courrier: each sees what the one before has written.
-- A vector holds a megabyte: the words beyond are in the passages, and not found.
CREATE OR REPLACE FUNCTION ingestion.noter_mots(courrier uuid) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    mots tsvector;
    passage tsvector;
BEGIN
    SELECT setweight(to_tsvector('simple', concat_ws(' ', c.numero_chrono, c.rang, c.numero_recommande)) || to_tsvector('ingestion.mots', ingestion.ponctuation_simple(c.objet)), 'A')
        || setweight(to_tsvector('ingestion.mots', ingestion.ponctuation_simple(concat_ws(' ', c.expediteur_nom, c.expediteur_fonction, c.pour_le_compte_de, c.expediteur_courriel))), 'B')
        || setweight(to_tsvector('ingestion.mots', ingestion.ponctuation_simple(coalesce(c.remarques, ''))), 'C')
    INTO mots
    FROM ingestion.courriers c WHERE c.id = courrier;
    IF mots IS NULL THEN
        RETURN; -- a fact about what this register does not hold
    END IF;

    FOR passage IN
        SELECT CASE WHEN pc.role = 'Document' THEN setweight(p.vecteur, 'C') ELSE p.vecteur END
        FROM ingestion.pieces pc JOIN ingestion.passages p ON p.piece_id = pc.id
        WHERE pc.courrier_id = courrier ORDER BY pc.ordre, p.rang
    LOOP
        EXIT WHEN pg_column_size(mots) + pg_column_size(passage) > 1000000;
        mots := mots || passage;
    END LOOP;

    INSERT INTO ingestion.mots_courriers AS m (courrier_id, vecteur) VALUES (courrier, mots)
    ON CONFLICT (courrier_id) DO UPDATE SET vecteur = excluded.vecteur WHERE m.vecteur IS DISTINCT FROM excluded.vecteur;
END $$;
