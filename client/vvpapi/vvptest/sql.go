package vvptest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// platform answers for the other API: lists in a member of their kind's name.
func (s *Server) platform(
	w http.ResponseWriter, r *http.Request, namespace, collection, name, verb string, body []byte,
) {
	member := map[string]string{
		"sqlscripts": "sqlScripts", "udfartifacts": "udfArtifacts", "connectors": "connectors", "formats": "formats",
		"apitokens": "apiTokens", "catalogs": "catalogs",
	}[collection]
	switch {
	case verb != "":
		s.sql(w, r, verb, body)
	case member == "":
		w.WriteHeader(http.StatusNotFound)
		answer(w, map[string]any{"code": "NOT_FOUND", "description": "no such resource", "cause": nil, "ok": false})
	case name == "" && r.Method == http.MethodGet:
		items := []any{}
		for _, o := range s.objects[namespace+"/"+collection] {
			items = append(items, o)
		}
		if collection == "apitokens" {
			items = append(items, map[string]any{"name": "namespaces/" + namespace + "/apitokens/ci", "role": "editor"})
		}
		answer(w, map[string]any{member: items})
	case collection == "sqlscripts" && name == "" && r.Method == http.MethodPost:
		s.createScript(w, namespace, body)
	case collection == "sqlscripts" && name != "":
		s.script(w, r, namespace, name, body)
	default:
		w.WriteHeader(http.StatusNotFound)
		answer(w, map[string]any{
			"code": "NOT_FOUND", "description": collection + " " + name + " does not exist", "cause": nil, "ok": false,
		})
	}
}

// sql validates and executes statements.
func (s *Server) sql(w http.ResponseWriter, r *http.Request, verb string, body []byte) {
	if verb == "suggest" {
		s.suggest(w, r, body)
		return
	}
	var in struct {
		Statement string `json:"statement"`
	}
	if r.Method != http.MethodPost || json.Unmarshal(body, &in) != nil || strings.TrimSpace(in.Statement) == "" {
		w.WriteHeader(http.StatusBadRequest)
		answer(w, map[string]any{"code": "INVALID_ARGUMENT", "description": "statement is required", "ok": false})
		return
	}
	word := strings.ToUpper(strings.Fields(in.Statement)[0])
	kind := map[string]string{
		"SELECT": "SELECT_QUERY", "INSERT": "INSERT_QUERY", "BEGIN": "INSERT_QUERY", "CREATE": "DDL_STATEMENT",
		"DROP": "DDL_STATEMENT", "SHOW": "COMMAND_STATEMENT", "DESCRIBE": "COMMAND_STATEMENT",
	}[word]
	switch {
	case verb == "validate" && kind == "":
		answer(w, map[string]any{
			"validationResult": "VALIDATION_RESULT_INVALID",
			"errorDetails": map[string]any{
				"message": "Non-query expression encountered in illegal context", "lineNumber": 1,
				"columnNumber": 7, "endLineNumber": 1, "endColumnNumber": 9,
			},
		})
	case verb == "validate":
		answer(w, map[string]any{"validationResult": "VALIDATION_RESULT_VALID_" + kind, "errorDetails": nil})
	case verb == "execute" && (kind == "SELECT_QUERY" || kind == "INSERT_QUERY"):
		answer(w, map[string]any{
			"result":       "RESULT_ERROR_WITH_DETAILS",
			"errorMessage": map[string]any{"message": word + " statements are currently not supported"},
		})
	case verb == "execute" && kind == "COMMAND_STATEMENT":
		answer(w, shown(in.Statement, r.URL.Query()))
	case verb == "execute":
		answer(w, map[string]any{"result": "RESULT_SUCCESS"})
	default:
		s.refuse(w, http.StatusNotImplemented, "not implemented")
	}
}

// shown is the answer to SHOW and DESCRIBE; cells come in quotation marks. Databases
// belong to a catalog, and tables to a database, which the query names.
func shown(statement string, in url.Values) map[string]any {
	text := strings.ToUpper(statement)
	table := func(headers []string, rows ...[]string) map[string]any {
		var all, named []any
		for _, h := range headers {
			named = append(named, map[string]any{"name": h})
		}
		for _, row := range rows {
			var cells []any
			for _, c := range row {
				cells = append(cells, map[string]any{"value": strconv.Quote(c)})
			}
			all = append(all, map[string]any{"cells": cells})
		}
		return map[string]any{
			"result": "RESULT_SUCCESS_WITH_ROWS", "resultTable": map[string]any{"headers": named, "rows": all},
		}
	}
	switch {
	case strings.Contains(text, "CATALOGS"):
		return table([]string{"catalog name"}, []string{"vvp"})
	case strings.Contains(text, "DATABASES") && in.Get("catalog") == "vvp":
		return table([]string{"database name"}, []string{"sales"})
	case strings.HasPrefix(text, "DESCRIBE") && in.Get("database") == "sales":
		return table([]string{"name", "type"}, []string{"id", "BIGINT"}, []string{"total", "DECIMAL(10, 2)"})
	case strings.Contains(text, "TABLES") && (in.Get("database") == "sales" || in.Get("catalog") == ""):
		return table([]string{"table name"}, []string{"orders"}, []string{"clicks"})
	}
	return map[string]any{
		"result": "RESULT_ERROR_WITH_DETAILS", "errorMessage": map[string]any{"message": "no such catalog or database"},
	}
}

// suggest offers the tables behind FROM and INTO, and nothing elsewhere.
func (s *Server) suggest(w http.ResponseWriter, r *http.Request, body []byte) {
	var in struct {
		Script   string `json:"sqlScript"`
		Position *int   `json:"position"`
	}
	if r.Method != http.MethodPost || json.Unmarshal(body, &in) != nil || in.Position == nil || *in.Position < 0 ||
		*in.Position > len([]rune(in.Script)) {
		w.WriteHeader(http.StatusBadRequest)
		answer(w, map[string]any{
			"code": "INVALID_ARGUMENT", "description": "sqlScript and a position in it are required", "ok": false,
		})
		return
	}
	words := strings.Fields(strings.ToUpper(string([]rune(in.Script)[:*in.Position])))
	completions := []any{}
	for i, word := range words {
		if (word == "FROM" || word == "INTO") && i >= len(words)-2 {
			completions = append(
				completions, map[string]any{"text": "orders_by_hour", "type": "HINT_TYPE_TABLE"},
				map[string]any{"text": "orders_late", "type": "HINT_TYPE_TABLE"},
			)
		}
	}
	answer(w, map[string]any{"completions": completions})
}

// createScript makes a SQL script, whose name is its whole path.
func (s *Server) createScript(w http.ResponseWriter, namespace string, body []byte) {
	var in map[string]any
	key := namespace + "/sqlscripts"
	if json.Unmarshal(body, &in) != nil || !strings.HasPrefix(textOf(in["name"]), "namespaces/"+key+"/") ||
		textOf(in["script"]) == "" || in["createTime"] != nil {
		w.WriteHeader(http.StatusBadRequest)
		answer(w, map[string]any{
			"code": "INVALID_ARGUMENT", "description": "name and script are required, createTime is read only",
			"ok": false,
		})
		return
	}
	s.objects[key] = append(s.objects[key], in)
	w.WriteHeader(http.StatusCreated)
	answer(w, map[string]any{"sqlScript": in})
}

// script answers for one SQL script, inside the member of its kind.
func (s *Server) script(w http.ResponseWriter, r *http.Request, namespace, name string, body []byte) {
	full := "namespaces/" + namespace + "/sqlscripts/" + name
	list := s.objects[namespace+"/sqlscripts"]
	at := slices.IndexFunc(list, func(o map[string]any) bool { return o["name"] == full })
	var in map[string]any
	switch {
	case at < 0:
		w.WriteHeader(http.StatusNotFound)
		answer(w, map[string]any{
			"code": "NOT_FOUND", "description": full + " does not exist", "cause": nil, "ok": false,
		})
		return
	case r.Method == http.MethodPut && (json.Unmarshal(body, &in) != nil || in["name"] != full || in["script"] == nil):
		w.WriteHeader(http.StatusBadRequest)
		answer(w, map[string]any{
			"code": "INVALID_ARGUMENT", "description": "name and script are required", "ok": false,
		})
		return
	case r.Method == http.MethodPut:
		list[at] = in
	case r.Method == http.MethodDelete:
		s.objects[namespace+"/sqlscripts"] = slices.Delete(list, at, at+1)
		answer(w, map[string]any{})
		return
	case r.Method != http.MethodGet:
		s.refuse(w, http.StatusNotImplemented, "not implemented")
		return
	}
	answer(w, map[string]any{"sqlScript": list[at]})
}
