"""The platform's endpoints: functions from world and call to reply."""
