-- Who gave an order to inspect, when and why; one row is one facility of it and can be ended by itself.
ALTER TABLE store.inspection
    ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid(),
    ADD COLUMN reason text NOT NULL DEFAULT '',
    ADD COLUMN given_by text COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN given timestamptz NOT NULL DEFAULT now();
