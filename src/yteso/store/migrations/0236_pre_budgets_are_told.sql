-- Whether the chain knows the budgets as they are (ADR 55): the next start tells those that it does not know yet.
ALTER TABLE store.budget ADD COLUMN told boolean NOT NULL DEFAULT false;
