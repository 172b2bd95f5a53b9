package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// jobFilter makes an answer of Flink's one about a single job.
type jobFilter func(doc map[string]json.RawMessage, job string, writes bool) error

// jobFilterOf is how the answer of a path is narrowed; nil: it is not.
func jobFilterOf(rest []string) jobFilter {
	switch strings.Join(rest, "/") {
	case "jobs", "jobs/overview":
		return onlyJob
	case "overview":
		return noCounts
	case "config":
		return features
	}
	return nil
}

// maxFiltered is how long an answer may be that is read whole.
const maxFiltered = 32 << 20

// filterAnswer replaces the body of an answer.
func filterAnswer(resp *http.Response, filter jobFilter, job string, writes bool) error {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxFiltered))
	_ = resp.Body.Close()
	if err != nil {
		return err
	}
	doc := map[string]json.RawMessage{}
	if err := json.Unmarshal(body, &doc); err != nil {
		return fmt.Errorf("an answer that cannot be read: %w", err)
	}
	if err := filter(doc, job, writes); err != nil {
		return fmt.Errorf("an answer that cannot be read: %w", err)
	}
	if body, err = json.Marshal(doc); err != nil {
		return err
	}
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	resp.Header.Set("Content-Length", strconv.Itoa(len(body)))
	resp.Header.Del("Etag")
	return nil
}

// onlyJob leaves the job in a list of jobs.
func onlyJob(doc map[string]json.RawMessage, job string, _ bool) error {
	var jobs []json.RawMessage
	if err := json.Unmarshal(doc["jobs"], &jobs); err != nil {
		return err
	}
	jobs = slices.DeleteFunc(jobs, func(b json.RawMessage) bool {
		var one struct{ ID, JID string }
		return json.Unmarshal(b, &one) != nil || one.ID != job && one.JID != job
	})
	var err error
	doc["jobs"], err = json.Marshal(jobs)
	return err
}

// noCounts takes out how many jobs there are.
func noCounts(doc map[string]json.RawMessage, _ string, _ bool) error {
	for key := range doc {
		if strings.HasPrefix(key, "jobs-") {
			doc[key] = json.RawMessage("0")
		}
	}
	return nil
}

// features has the pages offer only what is let through.
func features(doc map[string]json.RawMessage, _ string, writes bool) error {
	shown := map[string]json.RawMessage{}
	if err := json.Unmarshal(doc["features"], &shown); err != nil {
		return err
	}
	shown["web-submit"] = json.RawMessage("false")
	if !writes {
		shown["web-cancel"], shown["web-rescale"] = json.RawMessage("false"), json.RawMessage("false")
	}
	var err error
	doc["features"], err = json.Marshal(shown)
	return err
}
