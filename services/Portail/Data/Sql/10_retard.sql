-- The one definition of late: open, not answered on the merits, past its date. A deadline is a day and ends when that day
-- ends, so that a courrier due today is not late. Inlined by the planner: the partial indexes of portail.dossiers apply.
CREATE OR REPLACE FUNCTION portail.is_en_retard(etat text, due_on date, repondu_le date, today date) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN etat IN ('Enregistre', 'Affecte', 'EnInstruction', 'EnAttentePieces') AND repondu_le IS NULL AND due_on < today;
