package sql

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"drey/server/engine"
)

// examples are the tables that every environment has (cmf-behaviour.md §4.9).
var examples = []string{
	"CREATE CATALOG examples WITH ('type' = 'generic_in_memory', 'default-database' = 'marketplace')",
	"CREATE DATABASE examples.generators",
	`CREATE TABLE examples.generators.orders (customer_id INT NOT NULL, product INT NOT NULL, cents INT NOT NULL) WITH (
	'connector' = 'datagen', 'rows-per-second' = '10', 'fields.customer_id.min' = '3000', 'fields.customer_id.max' = '3250',
	'fields.product.min' = '1000', 'fields.product.max' = '1500', 'fields.cents.min' = '1000', 'fields.cents.max' = '9999')`,
	`CREATE VIEW examples.marketplace.orders AS SELECT UUID() AS order_id, customer_id, CAST(product AS STRING) AS product_id,
	cents / 1E2 AS price FROM examples.generators.orders`,
	`CREATE TABLE examples.generators.clicks (user_id INT NOT NULL, page STRING NOT NULL, agent INT NOT NULL, view_time INT NOT NULL) WITH (
	'connector' = 'datagen', 'rows-per-second' = '10', 'fields.user_id.min' = '3000', 'fields.user_id.max' = '5000', 'fields.page.length' = '5',
	'fields.agent.min' = '0', 'fields.agent.max' = '4', 'fields.view_time.min' = '10', 'fields.view_time.max' = '120')`,
	`CREATE VIEW examples.marketplace.clicks AS SELECT UUID() AS click_id, user_id,
	CAST('https://www.acme.com/product/' || page AS STRING) AS url, CAST(CASE agent
	WHEN 0 THEN 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36'
	WHEN 1 THEN 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15'
	WHEN 2 THEN 'Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0'
	WHEN 3 THEN 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15'
	ELSE 'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36' END AS STRING) AS user_agent, view_time FROM examples.generators.clicks`,
	"CREATE TABLE examples.marketplace.blackhole (data STRING) WITH ('connector' = 'blackhole')",
}

// exampleCatalog is the one of examples; statements do not change it.
const exampleCatalog = "examples"

// configuration is what is sent with a statement: the keys that are Flink's
// own and the job's, not those of processes and addresses (flink-engine.md §4).
func configuration(run engine.StatementRun) map[string]string {
	all := map[string]string{}
	for key, value := range run.Configuration {
		if !slices.ContainsFunc(foreign, func(prefix string) bool { return strings.HasPrefix(key, prefix) }) {
			all[key] = value
		}
	}
	// What is no number stays, for Flink to refuse.
	if _, err := strconv.Atoi(cmp.Or(all["parallelism.default"], "1")); err == nil && run.Parallelism > 0 {
		all["parallelism.default"] = strconv.Itoa(run.Parallelism)
	}
	return all
}

var foreign = []string{
	"kubernetes.", "high-availability", "taskmanager.", "jobmanager.", "rest.", "$internal.", "execution.target",
}
