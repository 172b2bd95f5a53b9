package sql

import (
	"context"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/statement"
	"drey/views"
	"drey/views/sql/queries"
)

// saveScript asks whether the buffer's text is to be saved under the name that it came
// from.
func (v *View) saveScript() tea.Cmd {
	s := v.buffer()
	engine, able := v.engine.(statement.Scripter)
	switch {
	case !able:
		s.Complain(queries.OfInput, "this platform keeps no scripts")
		return nil
	case s.Script.Name == "":
		s.Complain(queries.OfInput, "this buffer came from no script: enter on one in the Scripts tab opens it")
		return nil
	case v.env.Server.ReadOnly != views.Writable:
		s.Complain(queries.OfInput, v.refusal())
		return nil
	}
	text, of := s.Editor.Text.Text(), s.Script
	method, path := engine.ScriptRequest(of.Scope, of.Name)
	doing := "saving script " + of.Name
	return views.Send(views.ConfirmMsg{Confirmation: views.Confirmation{
		Title: "Save script " + of.Name, Button: "Save", Doing: doing, Plan: method + " " + path + "\n" + text,
		Targets: []views.Target{{
			Ref: views.Ref{Kind: "scripts", Scope: of.Scope, Name: of.Name},
			Will: views.Fact{
				Label: "what happens",
				Text:  "the text of the buffer takes the place of the script's, if nobody else changed it",
			},
			Requests: []string{"GET " + path, method + " " + path},
		}},
		Run: func(string) tea.Cmd {
			s.Script.Was = append(slices.Clone(s.Script.Was[max(len(s.Script.Was)-2, 0):]), text)
			v.buffers.Version++
			return s.Mail.Do(doing, func(ctx context.Context) (string, error) {
				return "saved script " + of.Name, engine.SaveScript(ctx, of.Scope, of.Name, text, of.Was)
			})
		},
	}})
}
