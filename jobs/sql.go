package jobs

// dropJobsSQL takes jobs out of River whose outcome is written in the same
// transaction. A row less is cheaper than one that is kept as completed.
const dropJobsSQL = `DELETE FROM river_job WHERE id = ANY($1)`
