CREATE TABLE "My Shop"."Order" (
    "Id" SERIAL NOT NULL, 
    "user" INTEGER, 
    "say ""hi""" TEXT, 
    "größe" TEXT, 
    PRIMARY KEY ("Id"), 
    CONSTRAINT "Uq Order" UNIQUE ("user", "say ""hi"""), 
    CONSTRAINT "fk Order" FOREIGN KEY("user") REFERENCES "User" ("Id")
);

COMMENT ON COLUMN "My Shop"."Order"."größe" IS 'in cm';

CREATE INDEX "Ix-1" ON "My Shop"."Order" ("Id", lower("user"));

ALTER TABLE "group"."select" RENAME TO "from";

ALTER TABLE "plain" ADD COLUMN Mixed INTEGER;

ALTER TABLE "My Shop"."Order" RENAME "user" TO "Buyer";

== downgrade
DROP INDEX "My Shop"."Ix-1";

DROP TABLE "My Shop"."Order";

