// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * The driver as a Linux module: content comes through the firmware loader when
 * it is loaded, events through a device; or both at once, as a case.
 */
#include "case.h"

#include <linux/device.h>
#include <linux/firmware.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/uaccess.h>

/* Bytes of the longest case that is taken. */
#define MAX_CASE (64u << 20)

/* Bytes of the longest event: its head, and as many values as there can be. */
#define MAX_EVENT (2 + SENSOR_MAX_VALUES * (3 + SENSOR_MAX_TEXT))

static char *definitions;
module_param(definitions, charp, 0444);
MODULE_PARM_DESC(definitions, "type definitions: the name of a firmware file");

static char *channel;
module_param(channel, charp, 0444);
MODULE_PARM_DESC(channel, "channel file: the name of a firmware file");

/* What was loaded with the module; stays as it is until it is unloaded. */
static struct sensor_content content;
static const struct firmware *channel_file;

static void report(const struct sensor_outcome *outcome)
{
	pr_info("sensor: %u evaluated, %u matched, %u dead, flags %u%s\n",
		outcome->evaluated, outcome->matched, outcome->dead,
		outcome->flags, outcome->exhausted ? ", out of steps" : "");
}

static ssize_t case_write(struct file *file, const char __user *from,
			  size_t len, loff_t *pos)
{
	struct sensor_outcome outcome;
	struct sensor_refusal why;
	u32 num_instances;
	u8 *data;
	int err;

	if (len > MAX_CASE)
		return -EFBIG;
	data = vmemdup_user(from, len);
	if (IS_ERR(data))
		return PTR_ERR(data);
	err = sensor_run_case(data, len, &num_instances, &outcome, &why);
	kvfree(data);
	if (err == -EINVAL)
		pr_debug("sensor: refused: %s: %s, at byte %u\n", why.file,
			 why.what, why.at);
	return err ? err : len;
}

static int cause(const u8 *data, size_t len)
{
	struct sensor_record *record = kmalloc(sizeof(*record), GFP_KERNEL);
	struct sensor_outcome outcome;
	struct sensor_refusal why;
	int err;

	if (!record)
		return -ENOMEM;
	err = sensor_read_event(record, data, len, &why);
	if (err)
		pr_info("sensor: refused: %s: %s, at byte %u\n", why.file,
			why.what, why.at);
	else
		err = sensor_cause(record, &content, &outcome);
	if (!err)
		report(&outcome);
	kfree(record);
	return err;
}

static ssize_t event_write(struct file *file, const char __user *from,
			   size_t len, loff_t *pos)
{
	u8 *data;
	int err;

	if (!channel_file)
		return -ENODATA;
	if (len > MAX_EVENT)
		return -EINVAL;
	data = vmemdup_user(from, len);
	if (IS_ERR(data))
		return PTR_ERR(data);
	err = cause(data, len);
	kvfree(data);
	return err ? err : len;
}

static const struct file_operations case_operations = {
	.owner = THIS_MODULE,
	.write = case_write,
};

static const struct file_operations event_operations = {
	.owner = THIS_MODULE,
	.write = event_write,
};

static struct miscdevice case_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "sensor",
	.mode = 0200,
	.fops = &case_operations,
};

static struct miscdevice event_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "sensor-event",
	.mode = 0200,
	.fops = &event_operations,
};

/* Both files, or none: a content set is loaded whole. */
static int load_firmware(struct device *device)
{
	const struct firmware *types, *instances;
	struct sensor_refusal why;
	int err;

	if (!definitions && !channel)
		return 0;
	if (!definitions || !channel) {
		pr_err("sensor: definitions and channel are loaded together\n");
		return -EINVAL;
	}
	err = request_firmware(&types, definitions, device);
	if (err)
		return err;
	err = request_firmware(&instances, channel, device);
	if (err)
		goto release_types;
	err = sensor_load(&content, types->data, types->size, instances->data,
			  instances->size, &why);
	if (err == -EINVAL)
		pr_err("sensor: refused: %s: %s, at byte %u\n", why.file,
		       why.what, why.at);
	if (err) {
		release_firmware(instances);
	} else {
		channel_file = instances;
		pr_info("sensor: loaded, %u instances\n", content.num_instances);
	}
release_types:
	release_firmware(types);
	return err;
}

static int __init sensor_init(void)
{
	int err = misc_register(&case_device);

	if (err)
		return err;
	err = load_firmware(case_device.this_device);
	if (err)
		goto no_case;
	err = misc_register(&event_device);
	if (err)
		goto no_content;
	return 0;

no_content:
	sensor_unload(&content);
	release_firmware(channel_file);
no_case:
	misc_deregister(&case_device);
	return err;
}

static void __exit sensor_exit(void)
{
	misc_deregister(&event_device);
	misc_deregister(&case_device);
	sensor_unload(&content);
	release_firmware(channel_file);
}

module_init(sensor_init);
module_exit(sensor_exit);
MODULE_DESCRIPTION("Reference consumer of channel files");
MODULE_LICENSE("Dual MIT/GPL");
