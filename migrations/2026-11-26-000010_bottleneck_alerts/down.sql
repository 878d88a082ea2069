DROP TABLE bottleneck_alerts;
