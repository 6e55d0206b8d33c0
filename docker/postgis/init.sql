-- Run once, as superuser, when the database is made: the roles that sign in, with the password of the environment. What they may do comes
-- from `terrein provision`, which leaves existing roles and their passwords as they are.
\getenv password TERREIN_DATABASE_PASSWORD
select format('create role %I login password %L', 'terrein_' || role, :'password')
from unnest(array['migrator', 'app', 'worker', 'importer', 'releaser', 'jobs', 'backup']) as role
\gexec
