module example.com/harver-icims-client

go 1.19
