package vvptest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// manager answers for the application manager.
func (s *Server) manager(w http.ResponseWriter, r *http.Request, namespace, collection, name string, body []byte) {
	switch {
	case collection == "deployment-defaults":
		s.deploymentDefaults(w, r, namespace, body)
	case kindOf(collection) == "":
		s.refuse(w, http.StatusNotFound, "no such resource")
	case name == "" && r.Method == http.MethodGet:
		s.list(w, r, namespace, collection)
	case name == "" && r.Method == http.MethodPost:
		s.create(w, namespace, collection, body)
	default:
		s.one(w, r, namespace, collection, name, body)
	}
}

func (s *Server) list(w http.ResponseWriter, r *http.Request, namespace, collection string) {
	items := []any{}
	if len(r.URL.Query()) == 0 {
		s.whole[collection]++
	}
	for _, o := range s.objects[namespace+"/"+collection] {
		if of := r.URL.Query().Get("deploymentId"); of != "" && o["metadata"].(map[string]any)["deploymentId"] != of {
			continue
		}
		s.progress(namespace, o)
		items = append(items, o)
	}
	s.give(w, map[string]any{
		"kind": kindOf(collection) + "List", "apiVersion": "v1", "metadata": map[string]any{}, "items": items,
	})
}

func (s *Server) create(w http.ResponseWriter, namespace, collection string, body []byte) {
	var in struct {
		Metadata map[string]any `json:"metadata"`
		Spec     map[string]any `json:"spec"`
		Status   map[string]any `json:"status"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		s.refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	for _, owned := range []string{"id", "createdAt", "modifiedAt", "resourceVersion"} {
		if in.Metadata[owned] != nil {
			s.invalid(w, "metadata."+owned, "is read only")
			return
		}
	}
	if in.Status != nil {
		s.invalid(w, "status", "is read only")
		return
	}
	if collection == "savepoints" {
		s.createSavepoint(w, namespace, in.Metadata, in.Spec)
		return
	}
	name, _ := in.Metadata["name"].(string)
	rule := lowerName
	if collection == "secret-values" || collection == "deployment-targets" {
		rule = anyName
	}
	switch {
	case !rule.MatchString(name):
		s.invalid(w, "metadata.name", "must match "+rule.String())
		return
	case s.find(namespace, collection, name) != nil:
		s.refuse(w, http.StatusConflict, "a "+kindOf(collection)+" of this name exists")
		return
	case collection == "deployments" && in.Spec["deploymentTargetName"] == nil && in.Spec["sessionClusterName"] == nil:
		s.invalid(w, "spec.deploymentTargetName", "is required")
		return
	}
	o := s.add(namespace, collection, name, in.Spec)
	for _, own := range []string{"labels", "annotations"} {
		if in.Metadata[own] != nil {
			o["metadata"].(map[string]any)[own] = in.Metadata[own]
		}
	}
	if collection == "sessionclusters" {
		o["status"] = map[string]any{"state": strings.ToUpper(textOf(in.Spec["state"]))}
	}
	if collection == "deployments" {
		if in.Spec["restoreStrategy"] == nil {
			in.Spec["restoreStrategy"] = map[string]any{"kind": "LATEST_STATE"}
		}
		o["status"] = map[string]any{"state": "CANCELLED"}
		s.send(namespace, o)
	}
	w.WriteHeader(http.StatusCreated)
	s.give(w, o)
}

func textOf(v any) string {
	text, _ := v.(string)
	return text
}

func (s *Server) createSavepoint(w http.ResponseWriter, namespace string, metadata, spec map[string]any) {
	id, _ := metadata["deploymentId"].(string)
	d := s.find(namespace, "deployments", id)
	if d == nil {
		s.invalid(w, "metadata.deploymentId", "is required, and has to be a deployment's")
		return
	}
	location, _ := spec["savepointLocation"].(string)
	origin, state := "COPIED", "COMPLETED"
	if location == "" {
		origin, state = "USER_REQUEST", "STARTED"
		if d["status"].(map[string]any)["state"] != "RUNNING" {
			s.refuse(w, http.StatusConflict, "the deployment is not RUNNING")
			return
		}
	}
	sp := s.savepoint(namespace, d, origin, state, location)
	w.WriteHeader(http.StatusCreated)
	s.give(w, sp)
}

func (s *Server) savepoint(namespace string, d map[string]any, origin, state, location string) map[string]any {
	if location == "" {
		location = "s3://savepoints/" + strconv.Itoa(s.made)
	}
	sp := s.add(namespace, "savepoints", "", map[string]any{"savepointLocation": location})
	m := sp["metadata"].(map[string]any)
	m["deploymentId"], m["origin"], m["type"] = idOf(d), origin, "FULL"
	m["createdAt"] = time.Now().UTC().Format(time.RFC3339Nano)
	sp["status"] = map[string]any{"state": state}
	return sp
}

// one answers for one object.
func (s *Server) one(w http.ResponseWriter, r *http.Request, namespace, collection, name string, body []byte) {
	o := s.find(namespace, collection, name)
	if o == nil {
		s.refuse(w, http.StatusNotFound, kindOf(collection)+" "+name+" not found")
		return
	}
	switch r.Method {
	case http.MethodGet:
		s.progress(namespace, o)
		s.give(w, o)
	case http.MethodPatch:
		s.patch(w, namespace, collection, o, body)
	case http.MethodPut:
		s.put(w, namespace, collection, o, body)
	case http.MethodDelete:
		if collection == "deployments" && o["status"].(map[string]any)["state"] != "CANCELLED" {
			s.refuse(w, http.StatusConflict, "only a CANCELLED deployment can be deleted")
			return
		}
		if collection == "savepoints" && s.quirks.FailDeletion {
			o["status"] = map[string]any{"state": "FAILED_DELETION", "failure": map[string]any{
				"reason": "IO", "message": "access to s3://savepoints is denied",
			}}
			s.give(w, o)
			return
		}
		key := namespace + "/" + collection
		s.objects[key] = slices.DeleteFunc(s.objects[key], func(other map[string]any) bool {
			return idOf(other) == idOf(o)
		})
		s.give(w, o)
	default:
		s.refuse(w, http.StatusNotImplemented, "not implemented")
	}
}

func (s *Server) patch(w http.ResponseWriter, namespace, collection string, o map[string]any, body []byte) {
	var change map[string]any
	if err := json.Unmarshal(body, &change); err != nil || change["status"] != nil {
		s.refuse(w, http.StatusBadRequest, "want a merge patch without status")
		return
	}
	spec, _ := change["spec"].(map[string]any)
	wanted, _ := spec["state"].(string)
	status, _ := o["status"].(map[string]any)
	switch {
	case collection == "deployments" && status["state"] == "FAILED" && wanted != "" &&
		!strings.EqualFold(wanted, "CANCELLED"):
		s.refuse(w, http.StatusConflict, "a FAILED deployment has to be CANCELLED first")
		return
	case collection == "sessionclusters" && strings.EqualFold(wanted, "STOPPED") && s.used(namespace, o):
		s.refuse(w, http.StatusConflict, "deployments run in the session cluster")
		return
	}
	before := o["spec"].(map[string]any)["state"]
	merge(o, change)
	s.touch(o)
	if collection == "deployments" && spec["template"] != nil && status["state"] == "RUNNING" { // an upgrade
		o["status"] = map[string]any{"state": "TRANSITIONING"}
		s.on[idOf(o)] = &way{s.quirks.Polls, "RUNNING"}
	}
	if wanted != "" && (wanted != before || collection == "deployments") {
		if collection == "deployments" {
			s.send(namespace, o)
		} else {
			o["status"] = map[string]any{"state": strings.ToUpper(wanted)}
		}
	}
	s.give(w, o)
}

// put replaces what a person may say of an object.
func (s *Server) put(w http.ResponseWriter, namespace, collection string, o map[string]any, body []byte) {
	var in struct {
		Metadata map[string]any `json:"metadata"`
		Spec     map[string]any `json:"spec"`
	}
	if err := json.Unmarshal(body, &in); err != nil || in.Metadata["name"] != o["metadata"].(map[string]any)["name"] {
		s.invalid(w, "metadata.name", "is immutable")
		return
	}
	running := o["status"] != nil && o["status"].(map[string]any)["state"] == "RUNNING"
	o["spec"] = in.Spec
	o["metadata"].(map[string]any)["labels"] = in.Metadata["labels"]
	s.touch(o)
	if collection == "deployments" && running && in.Spec["state"] == "RUNNING" {
		o["status"] = map[string]any{"state": "TRANSITIONING"}
		s.on[idOf(o)] = &way{s.quirks.Polls, "RUNNING"}
	}
	s.give(w, o)
}

// merge is a merge patch (RFC 7386).
func merge(to, change map[string]any) {
	for name, value := range change {
		inner, isObject := value.(map[string]any)
		switch {
		case value == nil:
			delete(to, name)
		case isObject:
			there, _ := to[name].(map[string]any)
			if there == nil {
				there = map[string]any{}
			}
			merge(there, inner)
			to[name] = there
		default:
			to[name] = value
		}
	}
}

func (s *Server) used(namespace string, cluster map[string]any) bool {
	return slices.ContainsFunc(s.objects[namespace+"/deployments"], func(d map[string]any) bool {
		return d["spec"].(map[string]any)["sessionClusterName"] == cluster["metadata"].(map[string]any)["name"] &&
			d["status"].(map[string]any)["state"] == "RUNNING"
	})
}

// send puts a deployment on its way to the state that is wanted.
func (s *Server) send(namespace string, d map[string]any) {
	wanted := strings.ToUpper(d["spec"].(map[string]any)["state"].(string))
	if d["status"].(map[string]any)["state"] == wanted {
		return
	}
	d["status"] = map[string]any{"state": "TRANSITIONING"}
	s.event(
		namespace, idOf(d),
		map[string]string{
			"RUNNING":   "SPINNING_UP_A_CLUSTER_FOR_A_JOB",
			"SUSPENDED": "AWAITING_SAVEPOINT_COMPLETION_TO_TRANSITION_TO_SUSPENDED",
			"CANCELLED": "AWAIT_FOR_A_CLUSTER_TO_TEARDOWN",
		}[wanted],
		"on its way to "+wanted,
	)
	s.on[idOf(d)] = &way{s.quirks.Polls, wanted}
}

// progress takes an object one read further.
func (s *Server) progress(namespace string, o map[string]any) {
	if o["kind"] == "Savepoint" {
		if status := o["status"].(map[string]any); status["state"] == "STARTED" {
			status["state"] = "COMPLETED"
			if s.quirks.FailSavepoint {
				status["state"], status["failure"] = "FAILED", map[string]any{
					"message": "no space left", "reason": "IO",
				}
			}
		}
		return
	}
	to := s.on[idOf(o)]
	if o["kind"] != "Deployment" || to == nil {
		return
	}
	if to.polls > 0 {
		to.polls--
		return
	}
	delete(s.on, idOf(o))
	status := map[string]any{"state": to.to}
	switch to.to {
	case "RUNNING":
		status["running"] = map[string]any{"jobId": s.job(namespace, o, "STARTED", ""), "conditions": []any{}}
	case "SUSPENDED":
		s.savepoint(namespace, o, "SUSPEND", "COMPLETED", "")
	}
	o["status"] = status
	s.touch(o)
}

// deploymentDefaults answers for the only object of its kind in a namespace: it is
// read and patched, and neither made, replaced nor deleted.
func (s *Server) deploymentDefaults(w http.ResponseWriter, r *http.Request, namespace string, body []byte) {
	d := s.defaults[namespace]
	if d == nil {
		d = map[string]any{
			"kind": "DeploymentDefaults", "apiVersion": "v1", "metadata": map[string]any{},
			"spec": map[string]any{
				"deploymentTargetName": "kubernetes",
				"template":             map[string]any{"spec": map[string]any{"parallelism": 1}},
			},
		}
		s.defaults[namespace] = d
	}
	switch r.Method {
	case http.MethodGet:
	case http.MethodPatch:
		var change map[string]any
		if err := json.Unmarshal(body, &change); err != nil || change["spec"] == nil || change["status"] != nil {
			s.refuse(w, http.StatusBadRequest, "want a merge patch of the spec")
			return
		}
		merge(d, change)
	default:
		s.refuse(w, http.StatusMethodNotAllowed, "only GET and PATCH")
		return
	}
	s.give(w, d)
}

// artifacts answers for uploaded files.
func (s *Server) artifacts(w http.ResponseWriter, r *http.Request, namespace, verb string) {
	key := namespace + "/artifacts"
	switch {
	case verb == "list" && r.Method == http.MethodGet:
		items := []any{}
		for _, o := range s.objects[key] {
			items = append(items, o)
		}
		answer(w, map[string]any{"artifacts": items})
	case verb == "delete" && r.Method == http.MethodDelete:
		before := len(s.objects[key])
		s.objects[key] = slices.DeleteFunc(s.objects[key], func(o map[string]any) bool {
			return o["filename"] == r.URL.Query().Get("filename")
		})
		if len(s.objects[key]) == before {
			s.refuse(w, http.StatusNotFound, "no such artifact")
			return
		}
		answer(w, map[string]any{})
	default:
		s.refuse(w, http.StatusMethodNotAllowed, "not allowed")
	}
}
