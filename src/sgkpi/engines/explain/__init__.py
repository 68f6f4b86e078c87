"""The SQL that an indicator becomes, for people to read and to run."""
