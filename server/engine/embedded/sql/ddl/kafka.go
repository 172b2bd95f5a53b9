package ddl

import (
	"slices"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/catalog"
	"drey/server/engine/embedded/sql/sqlerr"
)

// ConnectorKafka is the connector of every table of a Kafka database
// (cmf-behaviour.md §4.3).
const ConnectorKafka = "confluent"

// WithKafka adds the Kafka catalogs of the API that the environment sees, and
// their databases. Their tables are defined and shown as others are; reading
// and writing them needs Kafka.
func (s *Set) WithKafka(names map[string][]string) { s.kafka = names }

// isKafka says whether a catalog is one of the API's Kafka catalogs.
func (s *Set) isKafka(name string) bool {
	_, ok := s.kafka[name]
	return ok
}

func (s *Set) inKafka(key [3]string) bool { return slices.Contains(s.kafka[key[0]], key[1]) }

// writable refuses changes of the catalogs and databases that all environments
// share.
func (s *Set) writable(name string, at ast.Pos) error {
	if s.isKafka(name) {
		return sqlerr.Refuse(
			at, "a change of the Kafka catalog %s and its databases: they are changed through the API", name,
		)
	}
	if _, shared := s.base.Databases(name); shared && name != catalog.DefaultCatalog {
		return sqlerr.Refuse(at, "a change of the catalog %s, which is read-only", name)
	}
	return nil
}

// tables refuses changes of the tables that all environments share; those of
// Kafka databases are changed by the environments that may.
func (s *Set) tables(key [3]string, at ast.Pos) error {
	if s.inKafka(key) {
		return nil
	}
	return s.writable(key[0], at)
}

// topic makes a table of a Kafka database one: its connector needs not be said.
func (s *Set) topic(key [3]string, d *Definition, at ast.Pos) error {
	if !s.inKafka(key) {
		return nil
	}
	if d.View != nil {
		return sqlerr.Refuse(at, "a view in a Kafka database; make it in another catalog")
	}
	if len(d.PartitionBy) > 0 {
		return sqlerr.Refuse(at, "PARTITIONED BY of a table in a Kafka database")
	}
	switch connector, ok := d.Options["connector"]; {
	case !ok:
		if d.Options == nil {
			d.Options = map[string]string{}
		}
		d.Options["connector"] = ConnectorKafka
	case connector != ConnectorKafka:
		return validation(
			at, "A table of a Kafka database has the connector '"+ConnectorKafka+"', not '"+connector+"'.", "",
		)
	}
	return nil
}
