CREATE TABLE note (id bigint PRIMARY KEY, body varchar NOT NULL);
