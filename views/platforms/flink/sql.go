package flink

import (
	"drey/client"
	"drey/client/flinkapi"
	"drey/views"
	"drey/views/platform"
)

// newSQL is SQL by a gateway. Its client is one of its own: another server, with a
// budget of its own.
func newSQL(s platform.Settings, f *fleet, address string) (*flinkapi.Engine, *client.Client, error) {
	config := s.Server
	config.URL, config.Dialect = address, flinkapi.GatewayDialect()
	switch s.ReadOnly {
	case views.QueriesOnly:
		config.ReadOnly, config.Permit = true, flinkapi.PermitQueries
	case views.NothingAtAll:
		config.ReadOnly = true
	}
	c, err := client.New(config)
	if err != nil {
		return nil, nil, err
	}
	return flinkapi.SQL(c, f.Clusters[0].JobManager), c, nil
}
