CREATE TABLE clinic_patient (number integer PRIMARY KEY, name varchar(80) NOT NULL, email varchar(254) NOT NULL, note text NOT NULL);
CREATE TABLE clinic_visit (id integer PRIMARY KEY, "on" date NOT NULL, complaint varchar(200) NOT NULL, patient_id integer NOT NULL REFERENCES clinic_patient (number));
CREATE TABLE clinic_bill (id integer PRIMARY KEY, amount numeric(8, 2) NOT NULL, issued_on date NOT NULL, name varchar(80) NOT NULL, patient_id integer NOT NULL REFERENCES clinic_patient (number));
CREATE TABLE legacy_readings (id integer PRIMARY KEY, pulse integer NOT NULL, patient_id integer NOT NULL);
INSERT INTO clinic_patient VALUES (1, 'Alice Hartmann', 'alice@example.com', 'afraid of needles'), (2, 'Bob Okafor', 'bob@example.com', '');
INSERT INTO clinic_visit VALUES (1, '2026-01-05', 'a sore throat', 1), (2, '2026-02-11', 'a twisted ankle', 1), (3, '2026-02-12', 'a cough', 2);
INSERT INTO clinic_bill VALUES (1, 80.00, '2026-01-06', 'Alice Hartmann', 1), (2, 60.00, '2026-02-13', 'Bob Okafor', 2);
INSERT INTO legacy_readings VALUES (1, 71, 1), (2, 64, 1), (3, 80, 2);
