// Package list is a grid with its keys: moving, sorting, and a filter.
package list
