package service

import (
	"drey/client/cmf"
	"drey/server/model"
	"drey/server/service/lists"
)

var eventRules = Rules[cmf.Event]{
	ID: model.KindEvent, Kind: cmf.Events, Owner: model.KindApplication,
	List: lists.Listing{
		Filters: map[string]model.Field{"name": fieldName, "type": fieldState},
		Sorts:   sorts(map[string]model.Field{"type": fieldState}),
		Search: map[string]model.Field{
			"message":                  {Column: model.ColumnPath, Path: "$.status.message"},
			"flinkApplicationInstance": fieldEventInstance,
		},
		Fields: true,
	},
}

var fieldEventInstance = model.Field{Column: model.ColumnLink, Exact: true}

var instanceRules = Rules[cmf.Instance]{
	ID: model.KindInstance, Kind: cmf.Instances, Owner: model.KindApplication,
	List: lists.Listing{Sorts: sorts(nil)},
}
