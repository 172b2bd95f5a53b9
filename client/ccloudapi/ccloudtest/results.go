package ccloudtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"drey/client/ccloud"
)

// columnsOf are the columns of a statement's result.
func columnsOf(text string) []any {
	column := func(name, kind string) any {
		of := map[string]any{"type": kind, "nullable": true}
		if kind == "VARCHAR" {
			of["length"] = 2147483647
		}
		return map[string]any{"name": name, "type": of}
	}
	switch firstWord(text) {
	case "SHOW":
		return []any{column("name", "VARCHAR")}
	case "DESCRIBE":
		return []any{column("Column Name", "VARCHAR"), column("Data Type", "VARCHAR")}
	case "SELECT":
		return []any{column("id", "BIGINT"), column("name", "VARCHAR")}
	}
	return []any{}
}

// pagesOf are the pages of a statement's rows: one of SELECT has an update whose
// halves are on two pages, and an empty page between.
func pagesOf(text string) [][]ccloud.Row {
	row := func(op int, values ...string) ccloud.Row {
		r := ccloud.Row{Op: op}
		for _, v := range values {
			raw, _ := json.Marshal(v)
			r.Row = append(r.Row, raw)
		}
		return r
	}
	switch firstWord(text) {
	case "SHOW":
		name := "prod"
		if strings.Contains(text, "DATABASES") {
			name = "orders-cluster"
		}
		if strings.Contains(text, "TABLES") {
			name = "orders"
		}
		return [][]ccloud.Row{{row(0, name)}}
	case "DESCRIBE":
		return [][]ccloud.Row{{row(0, "id", "BIGINT"), row(0, "name", "STRING")}}
	case "SELECT":
		if strings.Contains(text, "readings") {
			return manyPages(row)
		}
		return [][]ccloud.Row{
			{row(0, "1", "one"), row(0, "2", "two"), row(1, "1", "one")},
			{},
			{row(2, "1", "uno"), row(0, "3", "three")},
		}
	}
	return nil
}

// manyPages are 12 pages of 100 rows.
func manyPages(row func(op int, values ...string) ccloud.Row) [][]ccloud.Row {
	pages := make([][]ccloud.Row, 12)
	for n := range 1200 {
		pages[n/100] = append(pages[n/100], row(0, strconv.Itoa(n), fmt.Sprintf("reading-%04d", n)))
	}
	return pages
}

// results gives the page of a token. One that was acknowledged, by asking for a
// later one, is there no more.
func (s *Server) results(w http.ResponseWriter, r *http.Request, o *stored) {
	phase := o.object["status"].(map[string]any)["phase"]
	token := r.URL.Query().Get("page_token")
	at, _ := strconv.Atoi(strings.TrimPrefix(token, "offset-"))
	switch {
	case phase == ccloud.PhasePending || phase == ccloud.PhaseStopping || o.notReady > 0:
		o.notReady = max(o.notReady-1, 0)
		refuse(w, http.StatusConflict, "Results for Statement="+o.object["name"].(string)+" not ready")
		return
	case s.quirks.Expired:
		refuse(w, http.StatusNotFound, "results of the statement are not found")
		return
	case o.pages == nil:
		refuse(w, http.StatusNotFound, "the statement has no results")
		return
	case at < o.acked && phase != ccloud.PhaseCompleted:
		s.t.Errorf("page %d is asked for after page %d was: its rows were acknowledged", at, o.acked)
	}
	o.acked = max(o.acked, at)
	var rows []any
	if at < len(o.pages) {
		for _, row := range o.pages[at] {
			out := map[string]any{"op": row.Op, "row": row.Row}
			if s.quirks.MissingOp && row.Op == 0 {
				delete(out, "op")
			}
			rows = append(rows, out)
		}
	}
	metadata := map[string]any{
		"self": "https://flink.us-east-1.aws.confluent.cloud" + r.URL.Path, "created_at": "2026-03-04T11:00:00Z",
	}
	last := at+1 >= len(o.pages) && phase != ccloud.PhaseRunning
	switch {
	case last && s.quirks.NoNext:
	case last:
		metadata["next"] = ""
	default:
		metadata["next"] = "https://other.host.example/sql/v1/elsewhere?page_token=offset-" +
			strconv.Itoa(min(at+1, len(o.pages)))
	}
	if s.quirks.NoData {
		answer(w, map[string]any{"api_version": "sql/v1", "kind": "StatementResult", "metadata": metadata})
		return
	}
	answer(w, map[string]any{
		"api_version": "sql/v1", "kind": "StatementResult", "metadata": metadata,
		"results": map[string]any{"data": append([]any{}, rows...)},
	})
}
