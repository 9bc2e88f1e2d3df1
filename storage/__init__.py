"""PostgreSQL: tables, repositories, encryption, jobs. The only room beside directory/ with SQL."""
