"""The doors for programs: the web API and the tools of the Model Context Protocol."""
