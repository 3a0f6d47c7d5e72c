-- Who gave a receiver's secret: to them alone it is shown (ADR 53). Of what was kept before nobody is.
ALTER TABLE store.receiver_secret ADD COLUMN IF NOT EXISTS giver jsonb;
