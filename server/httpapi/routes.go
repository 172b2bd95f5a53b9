package httpapi

import (
	"net/http"

	"drey/client/cmf"
	"drey/server/model"
	"drey/server/service"
)

// Route is one operation.
type Route struct {
	Method  string
	Pattern string
	handle  handler
}

const (
	environment = cmf.BasePath + "/environments/{env}"
	application = environment + "/applications/{parent}"
	statement   = environment + "/statements/{parent}"
)

// routes is the whole surface: what every kind has, and what is particular.
func (a *API) routes() []Route {
	var routes []Route
	for _, resource := range a.service.Resources() {
		routes = append(routes, a.resource(resource)...)
	}
	return append(routes, []Route{
		{http.MethodPost, application + "/start", a.startApplication},
		{http.MethodPost, application + "/suspend", a.suspendApplication},
		{http.MethodPost, application + "/savepoints/{name}/detach", a.detachSavepoint},
		{http.MethodGet, statement + "/results", a.results},
		{http.MethodGet, statement + "/exceptions", a.exceptions},
		{http.MethodGet, cmf.BasePath + "/system-information", a.systemInformation},
		{http.MethodGet, cmf.BasePath + "/resource-information", a.resourceInformation},
		{http.MethodGet, cmf.BasePath + "/c3/license", a.license},
	}...)
}

// resource are the operations that every kind has.
func (a *API) resource(r service.Resource) []Route {
	kind := r.Kind()
	collection := kind.Base + "/" + kind.Collection
	item := collection + "/{name}"
	routes := []Route{{http.MethodGet, collection, func(q *request) (reply, error) {
		if err := q.enterSearch(); err != nil {
			return reply{}, err
		}
		return answered(r.List(q.ctx, q.scope(r.ID()), q.query))
	}}}
	if kind.Name != cmf.Events.Name {
		routes = append(routes, Route{http.MethodGet, item, func(q *request) (reply, error) {
			return answered(r.Get(q.ctx, q.scope(r.ID()), q.vars["name"], q.query))
		}})
	}
	if !r.Writable() {
		return routes
	}
	if r.Creatable() {
		routes = append(
			routes,
			Route{http.MethodPost, collection, func(q *request) (reply, error) { return a.write(q, r, "") }},
			Route{http.MethodDelete, item, func(q *request) (reply, error) {
				return answered(r.Delete(q.ctx, q.scope(r.ID()), q.vars["name"], q.query))
			}},
		)
	}
	if kind.Updates == http.MethodPut {
		routes = append(routes, Route{http.MethodPut, item, func(q *request) (reply, error) {
			return a.write(q, r, q.vars["name"])
		}})
	}
	return routes
}

func (a *API) write(q *request, r service.Resource, name string) (reply, error) {
	body, err := q.body()
	if err != nil {
		return reply{}, err
	}
	return answered(r.Write(q.ctx, q.scope(r.ID()), service.Write{Name: name, Body: body}))
}

func (a *API) startApplication(q *request) (reply, error) {
	return answered(a.service.StartApplication(
		q.ctx, q.vars["env"], q.vars["parent"], q.query.Get("startFromSavepointUid"),
	))
}

func (a *API) suspendApplication(q *request) (reply, error) {
	return answered(a.service.SuspendApplication(q.ctx, q.vars["env"], q.vars["parent"]))
}

func (a *API) detachSavepoint(q *request) (reply, error) {
	return answered(a.service.DetachSavepoint(q.ctx, q.vars["env"], q.vars["parent"], q.vars["name"]))
}

func (a *API) results(q *request) (reply, error) {
	return answered(a.service.Results(q.ctx, q.vars["env"], q.vars["parent"], q.query.Get("page-token")))
}

func (a *API) exceptions(q *request) (reply, error) {
	return answered(a.service.Exceptions(q.ctx, q.vars["env"], q.vars["parent"]))
}

func (a *API) systemInformation(*request) (reply, error) {
	return reply{Answer: service.Answer{Body: model.MustEncode(a.service.SystemInformation())}}, nil
}

func (a *API) license(*request) (reply, error) {
	return reply{Answer: service.Answer{Body: model.MustEncode(a.service.License())}}, nil
}

func (a *API) resourceInformation(q *request) (reply, error) {
	return answered(a.service.ResourceInformation(q.ctx))
}

func answered(answer service.Answer, err error) (reply, error) { return reply{Answer: answer}, err }
