-- How often an exchanged token was answered with a sibling of its successor.
ALTER TABLE "sessions" ADD COLUMN "siblings" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "platform_sessions" ADD COLUMN "siblings" INTEGER NOT NULL DEFAULT 0;
