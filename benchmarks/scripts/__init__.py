"""What an analyst would write by hand. Each is run as a whole process: `python SCRIPT CONTACTS OUTPUT`."""
