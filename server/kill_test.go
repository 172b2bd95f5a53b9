package server

func childOfKillTest() bool { return false }
