"""The commands of ``enbauges``: a command is a few lines that call one room."""
