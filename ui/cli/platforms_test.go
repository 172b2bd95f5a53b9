package cli

// ConfigPlatforms are the platforms as the configuration knows them.
var ConfigPlatforms = configPlatforms
